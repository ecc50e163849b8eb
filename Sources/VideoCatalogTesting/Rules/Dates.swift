import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let dates: [ContractRule] = [
        ContractRule(
            "Dates are stored to the microsecond",
            hint:
                "dates are stored as seconds, milliseconds or floating-point numbers. Use "
                + "CatalogTimestamp.microseconds"
        ) { context in
            var generator = SeededGenerator(seed: context.seed)
            let random = (0..<10).map { _ in Int64.random(in: 0...CatalogTimestamp.last.microseconds, using: &generator)
            }
            for microseconds in [1, 999_999, 1_000_001, 1_772_357_400_000_001, 4_102_444_799_999_998] + random {
                let date = SampleVideos.date(microseconds)
                let inserted = try await context.insert("k/\(microseconds)") {
                    $0.createdAt = date
                    $0.uploadExpiresAt = date
                    $0.uploadedAt = date
                    $0.readyAt = date
                    $0.deleteAfter = date
                }
                try context.expect(inserted.deleteAfter, is: date, "deleteAfter")
                try context.expect(
                    try await context.stored(inserted.id), is: inserted, "the row with dates of \(microseconds) µs")
            }
        },
        ContractRule(
            "Dates are rounded to the microsecond before they are stored",
            hint: "dates are truncated, or returned as given and rounded by the store alone"
        ) { context in
            let base = SampleVideos.date(1_772_357_400_123_456)
            for (fraction, expected) in [(0.4e-6, 0), (0.6e-6, 1), (-0.6e-6, -1)] {
                let inserted = try await context.insert("k/\(fraction)") { $0.deleteAfter = base + fraction }
                let date = SampleVideos.date(1_772_357_400_123_456 + Int64(expected))
                try context.expect(inserted.deleteAfter, is: date, "deleteAfter with a fraction of \(fraction) s")
                try context.expect(try await context.stored(inserted.id), is: inserted, "the row that is read back")
                let changed = try await context.repository.update(
                    inserted.id, expecting: 1, context.changes { $0.uploadExpiresAt = .set(base + fraction) })
                try context.expect(
                    changed.uploadExpiresAt, is: date, "uploadExpiresAt with a fraction of \(fraction) s")
                try context.expect(try await context.stored(inserted.id), is: changed, "the row that is read back")
            }
        },
        ContractRule(
            "Dates from the clock are rounded to the microsecond",
            hint: "the repository uses the clock's dates without RepositorySupport.rounded(_:)"
        ) { context in
            context.clock.set(to: SampleVideos.date(1_772_357_400_123_456) + 0.3e-6)
            var video = try await context.repository.insert(SampleVideos.plain("k"))
            try context.expect(video.createdAt, is: SampleVideos.date(1_772_357_400_123_456), "createdAt")
            try context.expect(try await context.stored(video.id), is: video, "the inserted row")
            context.clock.set(to: SampleVideos.date(1_772_357_400_223_456) + 0.3e-6)
            video = try await context.become(.ready, video)
            try context.expect(try await context.stored(video.id), is: video, "the updated row")
            context.clock.set(to: SampleVideos.date(1_772_357_400_323_456) + 0.3e-6)
            video = try await context.repository.delete(video.id, expecting: nil)
            try context.expect(video.deletedAt, is: SampleVideos.date(1_772_357_400_323_456), "deletedAt")
            try context.expect(try await context.stored(video.id), is: video, "the deleted row")
            context.clock.set(to: SampleVideos.date(1_772_357_400_423_456) + 0.3e-6)
            video = try await context.repository.restore(video.id)
            try context.expect(video.updatedAt, is: SampleVideos.date(1_772_357_400_423_456), "updatedAt")
            try context.expect(try await context.stored(video.id), is: video, "the restored row")
        },
        ContractRule(
            "The first and the last date are stored",
            hint: "1970 is treated as nil, or years are limited (2038)"
        ) { context in
            for (name, date) in [("first", CatalogTimestamp.first.date), ("last", CatalogTimestamp.last.date)] {
                let inserted = try await context.insert(name) {
                    $0.createdAt = date
                    $0.uploadExpiresAt = date
                    $0.uploadedAt = date
                    $0.readyAt = date
                    $0.deleteAfter = date
                }
                try context.expect(inserted.createdAt, is: date, "the \(name) date")
                try context.expect(
                    try await context.stored(inserted.id), is: inserted, "the row with the \(name) date")
            }
            let all = VideoQuery(order: .oldestFirst)
            try context.expect(try await context.list(all).map(\.objectKey), is: ["first", "last"], "the list of both")
        },
        ContractRule(
            "Dates outside 1970 to 2099 fail with the field's name",
            hint: "dates are moved to the nearest date that the store can hold"
        ) { context in
            let beyond = [
                CatalogTimestamp.first.date - 0.000_002, CatalogTimestamp.last.date + 0.000_002, .distantPast,
                .distantFuture,
                Date(timeIntervalSinceReferenceDate: .nan), Date(timeIntervalSinceReferenceDate: .infinity),
            ]
            for date in beyond {
                try await context.expectError(
                    .invalidFields, "dates at \(date.timeIntervalSinceReferenceDate) s since 2001",
                    fields: ["createdAt", "uploadExpiresAt", "uploadedAt", "readyAt", "deleteAfter"]
                ) {
                    try await context.insert("k") {
                        $0.createdAt = date
                        $0.uploadExpiresAt = date
                        $0.uploadedAt = date
                        $0.readyAt = date
                        $0.deleteAfter = date
                    }
                }
            }
            try context.expect(try await context.rowCount(), is: 0, "the number of rows afterwards")
        },
    ]
}
