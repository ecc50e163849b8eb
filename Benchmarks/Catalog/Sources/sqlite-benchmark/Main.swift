import Foundation
import GRDB
import VideoCatalog
import VideoCatalogSQLite

/// Compares the repository with the same statements written by hand on GRDB.
///
/// Usage: `sqlite-benchmark [--inserts=N] [--pages=N] [--limit=RATIO]`. The implementations alternate, on files with
/// the same settings, tables and indexes. Prints the median of one operation in microseconds, and the repository's
/// ratio to each of the others. Exits with 1 if the ratio to the peer that decodes the same fields is above the limit.
///
/// The peers differ in what they do with JSON: decode it with Foundation, as one writes it by hand, decode it with the
/// repository's own parser, which shows what that parser is worth, or leave it as text.
@main
enum Main {
    static func main() async throws {
        let inserts = option("--inserts").map { Int($0) } ?? 6000
        let pages = option("--pages").map { Int($0) } ?? 2000
        let limit = option("--limit") ?? .infinity
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }

        let pools = try (0..<4).map { try DatabasePool(path: directory.appendingPathComponent("\($0)").path) }
        for pool in pools { try await SQLiteVideoRepository(pool).migrate() }
        let repository = SQLiteVideoRepository(pools[0])
        let withFoundation = HandWritten<FoundationCoders>(pool: pools[1]) { $0.tags }
        let withOwnParser = HandWritten<OwnParser>(pool: pools[2]) { $0.tags }
        let unparsed = HandWritten<Unparsed>(pool: pools[3]) {
            $0.tags.dropFirst(2).dropLast(2).components(separatedBy: "\",\"")
        }

        // Made before the clock starts.
        let videos = (0..<inserts).map(Sample.video)
        let forFoundation = try (0..<inserts).map(PlainVideo<FoundationCoders>.sample)
        let forOwnParser = try (0..<inserts).map(PlainVideo<OwnParser>.sample)
        let forText = try (0..<inserts).map(PlainVideo<Unparsed>.sample)
        var insertion = Comparison(
            "insert",
            [
                .init("repository") { _ = try await repository.insert(videos[$0]) },
                .init(decoding) { try await withFoundation.insert(forFoundation[$0]) },
                .init("by hand, JSONText") { try await withOwnParser.insert(forOwnParser[$0]) },
                .init("by hand, JSON as text") { try await unparsed.insert(forText[$0]) },
            ])
        try await insertion.run(rounds: inserts)
        var reading = Comparison(
            "page of 50",
            [
                .init("repository") {
                    let page = try await repository.videos(matching: query($0), page: .first(50))
                    try check(page.videos.count + 1)
                },
                .init(decoding) { try check(try await withFoundation.page(session($0)).count) },
                .init("by hand, JSONText") { try check(try await withOwnParser.page(session($0)).count) },
                .init("by hand, JSON as text") { try check(try await unparsed.page(session($0)).count) },
            ])
        try await reading.run(rounds: pages)
        let ratios = [insertion.report(), reading.report()]
        if ratios.contains(where: { $0[decoding] ?? .infinity > limit }) { exit(1) }
    }

    /// The name of the peer that decodes the same fields with Foundation alone.
    private static let decoding = "by hand, JSONDecoder"

    @Sendable private static func session(_ number: Int) -> String { String(number % Sample.sessions) }

    @Sendable private static func query(_ number: Int) -> VideoQuery {
        VideoQuery(sessionID: CourseSessionID(number % Sample.sessions))
    }

    @Sendable private static func check(_ count: Int) throws {
        guard count == 51 else { throw CatalogError(.notFound, "Unexpected number of videos: \(count).") }
    }

    private static func option(_ name: String) -> Double? {
        CommandLine.arguments.first { $0.hasPrefix("\(name)=") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}
