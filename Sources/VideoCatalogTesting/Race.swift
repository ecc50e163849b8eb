import VideoCatalog

/// The results of a race of tasks.
struct Outcomes<Value: Sendable>: Sendable {
    var winners: [Value] = []
    var failures: [any Error] = []
}

extension RuleContext {
    /// Runs an operation in many tasks at the same time.
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

    /// Throws unless one task succeeded and all others failed with one code.
    func expect<Value>(
        _ outcomes: Outcomes<Value>, oneWinnerElse code: CatalogError.Code, _ subject: String
    ) throws {
        let winners = outcomes.winners.count
        try expect(winners == 1, "\(subject) at the same time", "one winner", but: "\(winners) winners")
        for failure in outcomes.failures where (failure as? CatalogError)?.code != code {
            throw FailedExpectation(
                "\(subject) at the same time", expected: "the error \(code) for the others", actual: "\(failure)")
        }
    }
}
