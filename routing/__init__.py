"""The planning library of Rounds: who must be visited, when, why, by whom, in which order.

Knows no Flask and no SQL and is usable alone from Python. Times are whole seconds since local
midnight of the planned day, durations are seconds, distances metres, places WGS-84 degrees.
"""
