import Foundation
import GRDB
import VideoCatalog
import VideoCatalogSQLite

/// Compares the repository with the same statements written by hand on GRDB.
///
/// Usage: `sqlite-benchmark [--inserts=N] [--pages=N] [--limit=RATIO]`. Both sides alternate, on files with the same
/// settings, tables and indexes. Prints the median of one operation in microseconds for both, and their ratio. Exits
/// with 1 if a ratio is above the limit.
@main
enum Main {
    static func main() async throws {
        let inserts = option("--inserts") ?? 6000
        let pages = option("--pages") ?? 2000
        let limit = option("--limit") ?? .infinity
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }

        let repository = SQLiteVideoRepository(try DatabasePool(path: directory.appendingPathComponent("a").path))
        try await repository.migrate()
        let hand = HandWritten(pool: try DatabasePool(path: directory.appendingPathComponent("b").path))
        try await SQLiteVideoRepository(hand.pool).migrate()

        var insertion = Comparison(name: "insert")
        for number in 0..<Int(inserts) {
            let new = Sample.video(number)
            let record = PlainVideo.sample(number)
            _ = try await insertion.run(
                {
                    _ = try await repository.insert(new)
                    return 1
                },
                {
                    try await hand.insert(record)
                    return 1
                })
        }
        var reading = Comparison(name: "page of 50")
        for number in 0..<Int(pages) {
            let session = number % Sample.sessions
            let query = VideoQuery(sessionID: CourseSessionID(session))
            let counts = try await reading.run(
                { try await repository.videos(matching: query, page: .first(50)).videos.count },
                { try await hand.page(String(session)).count })
            guard counts == (50, 51) else { fatalError("Unexpected numbers of videos: \(counts).") }
        }
        let ratios = [insertion.report(), reading.report()]
        if ratios.contains(where: { $0 > limit }) { exit(1) }
    }

    private static func option(_ name: String) -> Double? {
        CommandLine.arguments.first { $0.hasPrefix("\(name)=") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}

/// Measures two implementations of an operation, alternating between them.
struct Comparison {
    let name: String
    private var repository: [Duration] = []
    private var hand: [Duration] = []
    private let clock = ContinuousClock()

    init(name: String) { self.name = name }

    /// Runs both and returns their results.
    mutating func run(
        _ one: @Sendable () async throws -> Int, _ two: @Sendable () async throws -> Int
    ) async throws -> (Int, Int) {
        let isFirst = repository.count.isMultiple(of: 2)
        let start = clock.now
        let first = try await isFirst ? one() : two()
        let middle = clock.now
        let second = try await isFirst ? two() : one()
        let end = clock.now
        repository.append(isFirst ? middle - start : end - middle)
        hand.append(isFirst ? end - middle : middle - start)
        return isFirst ? (first, second) : (second, first)
    }

    /// Prints the medians and returns their ratio.
    ///
    /// Leaves out the first tenth, in which statements are prepared and caches filled.
    func report() -> Double {
        let (one, two) = (median(repository), median(hand))
        let rounded = { (number: Double, digits: Double) in (number * digits).rounded() / digits }
        print("\(name): repository \(rounded(one, 10)) us, by hand \(rounded(two, 10)) us, \(rounded(one / two, 100))x")
        return one / two
    }

    private func median(_ times: [Duration]) -> Double {
        let sorted = times.dropFirst(times.count / 10).sorted()
        return sorted[sorted.count / 2] / .microseconds(1)
    }
}
