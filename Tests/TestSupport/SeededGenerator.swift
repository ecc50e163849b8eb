/// A random number generator with a seed that reproduces its numbers (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// Creates a generator for a name, whose numbers don't depend on other generators.
    package init(seed: UInt64, _ name: String) {
        // FNV-1a, because `Hasher` uses another seed in every process.
        state = name.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 up to, but not including, a bound, or 0 if the bound is 0.
    package mutating func next(_ bound: Int) -> Int { bound == 0 ? 0 : Int(next() % UInt64(bound)) }

    /// Returns `true` with the given probability.
    package mutating func happens(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(elements.count)] }
}
