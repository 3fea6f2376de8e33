"""Tokens of departments' own software, and what their repeated requests were answered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):  # type: ignore[misc]
    dependencies = (("inbox", "0001_initial"),)
    operations = (
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("department", models.CharField(max_length=80)),
                ("scopes", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("shown", models.CharField(max_length=12)),
                ("per_minute", models.IntegerField(default=120)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Answered",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=128)),
                ("request", models.CharField(max_length=64)),
                ("status", models.IntegerField(default=0)),
                ("body", models.TextField(default="")),
                ("at", models.DateTimeField(db_index=True)),
                ("token", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="inbox.apitoken")),
            ],
            options={"constraints": (models.UniqueConstraint(fields=("token", "key"), name="one_answer_a_key"),)},
        ),
    )
