"""Every address of the app but those of the API (`inbox.api.table`), which no session opens.

Signed-in only, unless named in `OPEN`; what changes something is POST only.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path, register_converter
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.views import (
    account,
    accounts,
    actions,
    briefs,
    bulk,
    closing,
    exports,
    fieldwork,
    figures,
    maps,
    oidc,
    oversight,
    privacy,
    problems,
    queue,
    safety,
    stories,
    ticket,
    workbench,
)


class TicketNumber:
    regex = "[1-9][0-9]{0,14}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class ExportForm:
    regex = "csv|jsonl|sp4n\\.jsonl"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TicketNumber, "number")
register_converter(ExportForm, "form")
form = require_http_methods(["GET", "POST"])

OPEN = ("login", "code", "oidc", "oidc_back", "set_language")
urlpatterns = [
    path("", require_GET(queue.queue), name="queue"),
    path("massal", require_POST(bulk.bulk), name="bulk"),
    path("tampilan", require_POST(queue.save_view), name="save_view"),
    path("tampilan/hapus", require_POST(queue.forget_view), name="forget_view"),
    path("ekspor/tiket.<form:form>", require_GET(exports.export), name="export"),
    path("fragment/queue", require_GET(queue.fragment), name="queue_fragment"),
    path("tiket/<number:number>", require_GET(ticket.ticket), name="ticket"),
    path("fragment/tiket/<number:number>/hadir", require_GET(ticket.presence), name="presence"),
    path("tiket/<number:number>/penerusan", require_GET(ticket.handed_over), name="packet"),
    path("tiket/<number:number>/lapangan", require_GET(fieldwork.show), name="fieldwork"),
    path("tiket/<number:number>/data-pribadi", require_POST(ticket.unmask), name="unmask"),
    path("tiket/<number:number>/tutup-kata", require_POST(privacy.redact), name="redact"),
    path("tiket/<number:number>/perkara/<slug:verb>", require_POST(stories.regroup), name="regroup"),
    path("tiket/<number:number>/bukti/<number:photo>", require_GET(closing.show), name="evidence"),
    path("tiket/<number:number>/bukti/<number:photo>/<slug:verb>", require_POST(closing.decide),
         name="evidence_decide"),
    path("tiket/<number:number>/<slug:verb>", require_POST(actions.act), name="act"),
    path("laporan", require_GET(briefs.show), name="brief"),
    path("laporan/csv", require_GET(briefs.sheet), name="brief_sheet"),
    path("laporan/tiket", require_GET(briefs.counted), name="counted"),
    path("laporan/sampel", require_GET(briefs.sample), name="brief_sample"),
    path("angka", require_GET(figures.figures), name="figures"),
    path("peta", require_GET(maps.show), name="map"),
    path("lajur", require_GET(oversight.lane), name="lane"),
    path("lajur/periksa", require_POST(oversight.check_lane), name="check_lane"),
    path("akun", require_GET(accounts.accounts), name="accounts"),
    path("status", require_GET(oversight.health), name="health"),
    path("health", require_GET(oversight.health), name="health_on_the_phone"),
    path("bengkel", form(workbench.workbench), name="workbench"),
    path("bengkel/sunting", form(workbench.edit), name="rules_edit"),
    path("bengkel/rancangan/<slug:key>", require_GET(workbench.draft), name="draft"),
    path("bengkel/rancangan/<slug:key>/simpan", require_POST(workbench.save), name="draft_save"),
    path("bengkel/riwayat", require_GET(workbench.history), name="rules_history"),
    path("bengkel/riwayat/<number:number>/kembalikan", require_POST(workbench.rollback), name="rules_rollback"),
    path("masuk", login_not_required(form(account.login)), name="login"),
    path("masuk/kode", login_not_required(form(account.code)), name="code"),
    path("masuk/pemerintah", login_not_required(require_GET(oidc.begin)), name="oidc"),
    path("masuk/pemerintah/kembali", login_not_required(require_GET(oidc.back)), name="oidc_back"),
    path("keluar", require_POST(account.logout), name="logout"),
    path("sandi", form(account.password), name="password"),
    path("kode-kedua", form(safety.second_factor), name="second_factor"),
    path("sesi", require_GET(safety.own_sessions), name="sessions"),
    path("sesi/akhiri", require_POST(safety.end_sessions), name="end_sessions"),
    path("bahasa", login_not_required(require_POST(account.set_language)), name="set_language"),
]

handler400 = problems.bad_request
handler403 = problems.refused
handler404 = problems.not_found
handler500 = problems.failed
