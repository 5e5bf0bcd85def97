"""From builds to a report: run the checks, stamp what they say, mark what is suppressed."""
