"""What `pitstop cache setup` finds, advises and writes."""
