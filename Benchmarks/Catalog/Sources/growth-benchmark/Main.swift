import Foundation
import VideoCatalog
import VideoCatalogLibPQ

/// Measures how the time of each operation grows with the number of rows.
///
/// Usage: `growth-benchmark memory|sqlite|postgres TURNS ROWS...`. The catalogs take turns. Prints the median and the
/// 99th percentile for each number of rows in microseconds, the ratios between the last and the first, and the exponent
/// with which the median grows: 0 if it doesn't, 1 if it doubles when the rows do.
///
/// `growth-benchmark upgrade 1 ROWS` instead upgrades tables of PostgreSQL by the package's script, and prints how long
/// a writer waits meanwhile.
///
/// PostgreSQL is the server of `R2KIT_POSTGRES_URL`. Its tables remain for the next run, in schemas named `rows_…` and
/// `upgrade_…`.
/// `BENCHMARK_OPERATIONS` is a part of the names of the operations to measure.
@main
enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let store = arguments.first, let turns = arguments.dropFirst().first.flatMap({ Int($0) }),
            arguments.count > (store == "upgrade" ? 2 : 3)
        else { throw Failure("Usage: growth-benchmark memory|sqlite|postgres|upgrade TURNS ROWS...") }
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("growth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let pool = try ProcessInfo.processInfo.environment["R2KIT_POSTGRES_URL"].map {
            try LibPQPool(LibPQPoolConfiguration(connectionString: $0))
        }
        if store == "upgrade", let pool, let rows = arguments.last.flatMap({ Int($0) }) {
            try await Upgrade(rows: rows, pool: pool).run()
            return await pool.shutdown()
        }
        var catalogs = [Catalog]()
        for rows in arguments.dropFirst(2).compactMap({ Int($0) }) {
            switch store {
            case "memory": catalogs.append(try await .inMemory(rows))
            case "sqlite": catalogs.append(try await .sqlite(rows, in: directory))
            default:
                guard let pool else { throw Failure("R2KIT_POSTGRES_URL isn't set: set it to a server's URL.") }
                catalogs.append(try await .postgres(rows, pool))
            }
        }
        let wanted = ProcessInfo.processInfo.environment["BENCHMARK_OPERATIONS"] ?? ""
        for operation in Operation.all where wanted.isEmpty || operation.name.contains(wanted) {
            try await measure(operation, catalogs, turns)
        }
        await pool?.shutdown()
    }

    private static func measure(_ operation: Operation, _ catalogs: [Catalog], _ turns: Int) async throws {
        var generator = SystemRandomNumberGenerator()
        var times = catalogs.map { _ in [Double]() }
        // The first turn fills caches and prepares statements.
        for turn in 0...turns {
            for (index, catalog) in catalogs.enumerated() {
                for _ in 0..<operation.count {
                    let time = try await operation.run(catalog, &generator) / .microseconds(1)
                    if turn > 0 { times[index].append(time) }
                }
            }
        }
        let sorted = times.map { $0.sorted() }
        let (medians, tails) = (sorted.map { $0[$0.count / 2] }, sorted.map { $0[$0.count * 99 / 100] })
        var line = operation.name
        for index in catalogs.indices {
            line += String(format: " | %d: %.1f / %.1f", catalogs[index].rows, medians[index], tails[index])
        }
        line += String(
            format: " | ratios %.2f / %.2f | exponent %.2f", medians[medians.count - 1] / medians[0],
            tails[tails.count - 1] / tails[0], slope(catalogs.map { Double($0.rows) }, medians))
        print(line)
        fflush(nil)
    }

    /// Returns the slope of the line through the logarithms, by least squares.
    private static func slope(_ xs: [Double], _ ys: [Double]) -> Double {
        let (xs, ys) = (xs.map { log($0) }, ys.map { log($0) })
        let (x, y) = (xs.reduce(0, +) / Double(xs.count), ys.reduce(0, +) / Double(ys.count))
        let pairs = zip(xs, ys)
        return pairs.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / pairs.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
