# Sourced by scripts that build with several traits. SwiftPM passes the traits to the compiler in the order of a Set, so
# each run of it would compile the whole package again. With this, the order stays the same.
export SWIFT_DETERMINISTIC_HASHING=1
