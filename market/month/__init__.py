"""One month of the market, one file per verb on plain state: publish, supply, choose, clear, settle, record.

`supply` is train, release and price. Firms decide on what `sight` shows them: all decide, then all takes effect, so the
order of firms cannot matter.
"""
