import VideoCatalog

/// How a race of tasks ended.
struct Outcomes<Value: Sendable>: Sendable {
    var winners: [Value] = []
    var failures: [any Error] = []
}

extension Trial {
    /// Does the same thing in many tasks at once.
    func race<Value: Sendable>(
        _ count: Int, _ operation: @escaping @Sendable (Int) async throws -> Value
    ) async -> Outcomes<Value> {
        await withTaskGroup(of: Result<Value, any Error>.self) { group in
            for number in 0..<count {
                group.addTask {
                    do { return .success(try await operation(number)) } catch { return .failure(error) }
                }
            }
            var outcomes = Outcomes<Value>()
            for await result in group {
                switch result {
                case .success(let value): outcomes.winners.append(value)
                case .failure(let error): outcomes.failures.append(error)
                }
            }
            return outcomes
        }
    }

    /// Expects one winner, and one reason for all others.
    func expect<Value>(
        _ outcomes: Outcomes<Value>, oneWinnerElse code: CatalogError.Code, _ subject: String
    ) throws {
        let winners = outcomes.winners.count
        try expect(winners == 1, "\(subject) at once", "one winner", but: "\(winners) winners")
        for failure in outcomes.failures where (failure as? CatalogError)?.code != code {
            throw Mismatch("\(subject) at once", expected: "the error \(code) for the others", actual: "\(failure)")
        }
    }
}
