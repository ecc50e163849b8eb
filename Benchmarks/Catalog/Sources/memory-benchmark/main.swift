import Foundation
import VideoCatalog

/// Measures point reads and pages of the in-memory catalog at 1,000 and at 1,000,000 rows, alternating between the two,
/// and prints the medians.
///
/// As in a real catalog, sessions have 100 videos, and there are at most 1,000 uploaders. The rows to read are chosen
/// at random.
let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
let seed = UInt64(20_260_301)

/// A random number generator with a seed, so that every run reads the same rows.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

struct Catalog {
    let repository: InMemoryVideoRepository
    let ids: [Video.ID]
    let cursors: [VideoCursor]
    let count: Int

    init(rows count: Int, generator: inout SplitMix) async throws {
        let begin = Date(timeIntervalSince1970: 1_772_000_000)
        repository = InMemoryVideoRepository(clock: { begin })
        self.count = count
        var ids = [Video.ID]()
        var cursors = [VideoCursor]()
        for number in 0..<count {
            let createdAt = begin + Double(number)
            var video = NewVideo(
                title: "Lecture \(number)", objectKey: "videos/\(number)/lecture.mp4",
                uploadedBy: UserID(number % 1000), id: .make(at: createdAt, using: &generator),
                sessionID: CourseSessionID(number / 100), contentType: "video/mp4", byteSize: 52_428_800,
                tags: ["lecture"], state: .ready)
            video.createdAt = createdAt
            let row = try await repository.insert(video)
            ids.append(row.id)
            cursors.append(VideoCursor(after: row, order: .newestFirst))
        }
        self.ids = ids
        self.cursors = cursors
    }

    /// Returns the nanoseconds per read.
    func pointReads(_ count: Int, among newest: Int, _ generator: inout SplitMix) async throws -> Double {
        let ids = ids.suffix(newest)
        let chosen = (0..<count).map { _ in ids[Int.random(in: ids.indices, using: &generator)] }
        let begin = ContinuousClock.now
        var found = 0
        for id in chosen where try await repository.video(id: id) != nil { found += 1 }
        let elapsed = ContinuousClock.now - begin
        guard found == count else { throw CatalogError(.notFound, "Rows are missing.") }
        return nanoseconds(elapsed) / Double(count)
    }

    /// Returns the nanoseconds per page of 50, of all videos or of one session.
    func pages(
        _ count: Int, ofSessions: Bool, among newest: Int, _ generator: inout SplitMix
    ) async throws -> Double {
        let first = max(0, self.count - newest)
        let chosen = (0..<count).map { _ in
            let session = Int.random(in: (first / 100)..<(self.count / 100), using: &generator)
            return (
                ofSessions ? VideoQuery(sessionID: CourseSessionID(session)) : VideoQuery(),
                ofSessions ? nil : cursors[max(first, 60)...].randomElement(using: &generator)
            )
        }
        let begin = ContinuousClock.now
        var found = 0
        for (query, cursor) in chosen {
            found += try await repository.videos(matching: query, page: PageRequest(limit: 50, after: cursor)).videos
                .count
        }
        let elapsed = ContinuousClock.now - begin
        guard found == 50 * count else {
            throw CatalogError(.notFound, "Rows are missing: \(found) of \(50 * count) were found.")
        }
        return nanoseconds(elapsed) / Double(count)
    }
}

func nanoseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1e9 + Double(duration.components.attoseconds) / 1e9
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// The maximum ratio of the times for the same rows among a million rows and among a thousand.
let limit = 1.2

func measureAll() async throws {
    var slowest = 0.0
    var generator = SplitMix(state: seed)
    let small = try await Catalog(rows: 1000, generator: &generator)
    let large = try await Catalog(rows: 1_000_000, generator: &generator)

    let work: [(String, (Catalog, Int, inout SplitMix) async throws -> Double)] = [
        ("point read", { try await $0.pointReads(20_000, among: $1, &$2) }),
        ("page of 50", { try await $0.pages(1000, ofSessions: false, among: $1, &$2) }),
        ("page of 50 of a session", { try await $0.pages(1000, ofSessions: true, among: $1, &$2) }),
    ]
    for (place, newest) in [("the newest 1,000", 1000), ("anywhere", 1_000_000)] {
        for (name, measure) in work {
            var (few, many) = ([Double](), [Double]())
            for _ in 0..<rounds {
                few.append(try await measure(small, newest, &generator))
                many.append(try await measure(large, newest, &generator))
            }
            let (one, other) = (median(few), median(many))
            if newest == 1000 { slowest = max(slowest, other / one) }
            let ratio = String(format: "%.2f", other / one)
            print("\(name), \(place): \(Int(one)) ns at 1,000 rows, \(Int(other)) ns at 1,000,000 rows, ratio \(ratio)")
        }
    }
    guard slowest <= limit else {
        print("The same rows take \(slowest) times as long among a million rows. The limit is \(limit).")
        exit(1)
    }
}

try await measureAll()
