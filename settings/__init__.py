"""config.yaml, the operators' file: its shape, its reader, and what must hold across it."""

from settings.reading import load
from settings.shape import (
    AccountSettings,
    ClockSettings,
    DepartmentSettings,
    GovernmentSettings,
    InboxSettings,
    MailSettings,
    MediaHosts,
    MediaSettings,
    PlatformSettings,
    RouteSettings,
    Settings,
    SignalSettings,
    StoreSettings,
    ThresholdSettings,
    TopicSettings,
    WhenSettings,
)

__all__ = [
    "AccountSettings",
    "ClockSettings",
    "DepartmentSettings",
    "GovernmentSettings",
    "InboxSettings",
    "MailSettings",
    "MediaHosts",
    "MediaSettings",
    "PlatformSettings",
    "RouteSettings",
    "Settings",
    "SignalSettings",
    "StoreSettings",
    "ThresholdSettings",
    "TopicSettings",
    "WhenSettings",
    "load",
]
