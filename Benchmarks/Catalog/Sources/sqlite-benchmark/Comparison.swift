/// The times of several implementations of one operation, which alternate.
struct Comparison {
    /// An implementation of the operation, which receives the number of the round.
    struct Implementation {
        let name: String
        let run: @Sendable (Int) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (Int) async throws -> Void) {
            (self.name, self.run) = (name, run)
        }
    }

    private let name: String
    private let implementations: [Implementation]
    private var times: [[Duration]]
    private let clock = ContinuousClock()

    /// Creates a comparison.
    ///
    /// - Parameters:
    ///   - name: The name of the operation.
    ///   - implementations: The implementations, of which the first is the repository's.
    init(_ name: String, _ implementations: [Implementation]) {
        self.name = name
        self.implementations = implementations
        times = implementations.map { _ in [] }
    }

    /// Runs each implementation once per round, starting with another one each time.
    mutating func run(rounds: Int) async throws {
        for round in 0..<rounds {
            for step in implementations.indices {
                let index = (round + step) % implementations.count
                let start = clock.now
                try await implementations[index].run(round)
                times[index].append(clock.now - start)
            }
        }
    }

    /// Prints the medians, and the ratio of the repository's to each of the others.
    ///
    /// Leaves out the first tenth, in which statements are prepared and caches filled.
    ///
    /// - Returns: The ratios, by the name of the other implementation.
    func report() -> [String: Double] {
        var ratios = [String: Double]()
        let medians = times.map(median)
        for (implementation, time) in zip(implementations, medians) {
            let ratio = medians[0] / time
            ratios[implementation.name] = ratio
            print("\(name): \(implementation.name) \(rounded(time, 10)) µs, ratio \(rounded(ratio, 1000))")
        }
        return ratios
    }

    private func rounded(_ number: Double, _ digits: Double) -> Double { (number * digits).rounded() / digits }

    private func median(_ times: [Duration]) -> Double {
        let sorted = times.dropFirst(times.count / 10).sorted()
        return sorted[sorted.count / 2] / .microseconds(1)
    }
}
