"""sccache and ccache beside the tasks that compile: on the storage of the cache, started and stopped with the run."""
