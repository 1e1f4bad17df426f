"""What the surroundings say: shell, git, network, packages of the system, containers, signing, runners, ends of processes."""
