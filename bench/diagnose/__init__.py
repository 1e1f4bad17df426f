"""How often `pitstop explain` finds the lines that people marked as the reason, beside what people use today."""
