"""The machine underneath: C and C++ compilers, linkers, CMake, make, ninja, Bazel, test programs."""
