import SigV4

// Planted bugs. The fuzzer must find each within seconds, or else it wouldn't find a real one either.

/// A bug behind three percent-encoded bytes, which chance doesn't produce. Only a fuzzer that watches the library's
/// branches finds it.
@Sendable func canaryCoverage(_ input: FuzzInput) {
    guard let decoded = PercentEncoding.decode(input.wholeText) else { return }
    check(input.bytes.count < decoded.utf8.count + 6, "canary-coverage: planted")
}

/// A read of one byte past the end of memory, which only the address sanitizer finds.
@Sendable func canaryMemory(_ input: FuzzInput) {
    guard input.bytes.first == UInt8(ascii: "~") else { return }
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: input.bytes.count)
    memory.initialize(from: input.bytes, count: input.bytes.count)
    defer { memory.deallocate() }
    print(memory[input.bytes.count])
}

/// An addition that overflows. Swift's runtime stops the program, and the fuzzer must report that as a crash.
@Sendable func canaryTrap(_ input: FuzzInput) {
    guard let first = input.bytes.first else { return }
    var sum: UInt8 = 250
    sum += first
    print(sum, terminator: "")
}

/// A failed assertion. Assertions must be checked, even though the library is compiled with optimization.
@Sendable func canaryAssertion(_ input: FuzzInput) {
    assert(input.bytes.count < 2, "canary-assertion: planted")
}
