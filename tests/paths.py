"""Where things stand, for tests."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
DAY1 = ROOT / "fixtures" / "day1"
