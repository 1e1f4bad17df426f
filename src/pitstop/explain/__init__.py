"""Why a run failed: from the bytes of a log to the lines that say it."""
