"""The staff web app: its own process, its own database for users and sessions.

Tickets are read and changed through `storage.store.Store` only; what an action means is decided by
`routing.tickets`. Refuses: to hold a second copy of anything about a citizen, to load an asset from
outside, to change anything on GET. Run it with `python -m inbox serve --config config.yaml`.
"""
