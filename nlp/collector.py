"""The collector of garbage in processes that judge."""

from __future__ import annotations

import gc


def spare_the_collector() -> None:
    """Have the garbage collector leave alone what is built by now, and look seldom at what comes.

    A batch makes tens of thousands of records that live until they are told, and no cycles. Looking through them after
    every 700, as Python does unasked, and through all names and weights now and then, took a quarter of the time of
    `kentongan analyze`; after every 20,000, which is before most batches are told, still a fifteenth of the extraction.
    For processes that judge; call it once all is built.
    """
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)
