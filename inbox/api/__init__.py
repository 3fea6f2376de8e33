"""The JSON API: what a department's own software reads and does, by token, with the functions of the buttons.

`table` lists every endpoint; `gate` lets a request in; the rest answers. A request below /api/ never meets a session:
no cookie opens it, and no token opens a page.
"""
