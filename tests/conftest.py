"""What holds for every test."""

from __future__ import annotations

import pytest
import structlog


@pytest.fixture(autouse=True)
def _plain_logs():
    """Logs as plain lines: the default of the library draws tracebacks with every local variable, for seconds."""
    structlog.configure(processors=[
        structlog.processors.add_log_level, structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer(),
    ])
    yield
    structlog.reset_defaults()
