"""The operators' workbench: what a change of the rules would do, shown before it is live. Changes nothing by itself.

    affected   which texts a change of the lists can touch at all
    replay     stored mentions, decided by two sets of rules
    diff       what differs, for whom, why; which of people's decisions it would break
    lint       rules that never fire, are never reached, or fire on everything
    suggest    people's corrections -> proposed edits
    table      the routing table as a sheet, there and back
    versions   saving, history, rollback: config.yaml stays the single truth

`ops` and `inbox` import it and never each other. Reads a Store, calls no network, knows no clock.
"""
