"""Single compilations on a cluster: what `pitstop-cc` and the process behind it do."""
