extension Duration {
    /// A time limit that only a call without an end exceeds, even beside other work and on a slow disk.
    package static var onBusyMachine: Duration { .seconds(1800) }
}
