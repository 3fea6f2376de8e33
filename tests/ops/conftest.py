"""What verbs share: with the workbench's own tests the invented day, judged once; an installation to back up."""

import pytest

from tests.ops.backup_house import House, built
from tests.workbench.conftest import day_file, shipped

__all__ = ["day_file", "shipped"]


@pytest.fixture
def house(tmp_path, empty_store) -> House:
    return built(tmp_path / "kantor", empty_store)
