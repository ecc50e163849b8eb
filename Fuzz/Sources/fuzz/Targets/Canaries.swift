import SigV4

// Planted bugs. The fuzzer must find each within seconds; if it does not, it would not find a real one either.

/// A bug behind three percent-encoded bytes, which chance does not write: found by whoever watches which branches the
/// library takes, else never.
@Sendable func canaryCoverage(_ input: FuzzInput) {
    guard let decoded = PercentEncoding.decode(input.wholeText) else { return }
    check(input.bytes.count < decoded.utf8.count + 6, "canary-coverage: planted")
}

/// A read of one byte past the end of memory: found by the address sanitizer, else never.
@Sendable func canaryMemory(_ input: FuzzInput) {
    guard input.bytes.first == UInt8(ascii: "~") else { return }
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: input.bytes.count)
    memory.initialize(from: input.bytes, count: input.bytes.count)
    defer { memory.deallocate() }
    print(memory[input.bytes.count])
}

/// An addition that overflows: Swift's runtime stops the program, and the fuzzer must take that for a crash.
@Sendable func canaryTrap(_ input: FuzzInput) {
    guard let first = input.bytes.first else { return }
    var sum: UInt8 = 250
    sum += first
    print(sum, terminator: "")
}

/// An assertion that does not hold: the library's own must be looked at, though it is compiled with optimisation.
@Sendable func canaryAssertion(_ input: FuzzInput) {
    assert(input.bytes.count < 2, "canary-assertion: planted")
}
