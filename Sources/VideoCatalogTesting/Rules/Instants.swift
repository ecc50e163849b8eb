import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let instants: [ContractRule] = [
        ContractRule(
            "Instants are kept to the microsecond",
            hint:
                "instants are stored as seconds, milliseconds or floating-point numbers; use CatalogTimestamp.microseconds"
        ) { trial in
            var generator = SeededGenerator(seed: trial.seed)
            let random = (0..<10).map { _ in Int64.random(in: 0...CatalogTimestamp.last.microseconds, using: &generator)
            }
            for microseconds in [1, 999_999, 1_000_001, 1_772_357_400_000_001, 4_102_444_799_999_998] + random {
                let instant = Sample.instant(microseconds)
                let inserted = try await trial.insert("k/\(microseconds)") {
                    $0.createdAt = instant
                    $0.uploadExpiresAt = instant
                    $0.uploadedAt = instant
                    $0.readyAt = instant
                    $0.deleteAfter = instant
                }
                try trial.expect(inserted.deleteAfter, is: instant, "deleteAfter")
                try trial.expect(
                    try await trial.stored(inserted.id), is: inserted, "the row with instants of \(microseconds) µs")
            }
        },
        ContractRule(
            "Instants between two microseconds are rounded before they are stored",
            hint: "instants are cut, or returned as they were given and rounded by the store alone"
        ) { trial in
            let base = Sample.instant(1_772_357_400_123_456)
            for (fraction, expected) in [(0.4e-6, 0), (0.6e-6, 1), (-0.6e-6, -1)] {
                let inserted = try await trial.insert("k/\(fraction)") { $0.deleteAfter = base + fraction }
                let instant = Sample.instant(1_772_357_400_123_456 + Int64(expected))
                try trial.expect(inserted.deleteAfter, is: instant, "deleteAfter with a fraction of \(fraction) s")
                try trial.expect(try await trial.stored(inserted.id), is: inserted, "the row that is read back")
                let changed = try await trial.repository.update(
                    inserted.id, expecting: 1, trial.changes { $0.uploadExpiresAt = .set(base + fraction) })
                try trial.expect(
                    changed.uploadExpiresAt, is: instant, "uploadExpiresAt with a fraction of \(fraction) s")
                try trial.expect(try await trial.stored(inserted.id), is: changed, "the row that is read back")
            }
        },
        ContractRule(
            "The clock is kept to the microsecond too",
            hint: "the instants that the repository fills in are the clock's own, not rounded by the model"
        ) { trial in
            trial.clock.set(to: Sample.instant(1_772_357_400_123_456) + 0.3e-6)
            var video = try await trial.repository.insert(Sample.plain("k"))
            try trial.expect(video.createdAt, is: Sample.instant(1_772_357_400_123_456), "createdAt")
            try trial.expect(try await trial.stored(video.id), is: video, "the inserted row")
            trial.clock.set(to: Sample.instant(1_772_357_400_223_456) + 0.3e-6)
            video = try await trial.become(.ready, video)
            try trial.expect(try await trial.stored(video.id), is: video, "the updated row")
            trial.clock.set(to: Sample.instant(1_772_357_400_323_456) + 0.3e-6)
            video = try await trial.repository.delete(video.id, expecting: nil)
            try trial.expect(video.deletedAt, is: Sample.instant(1_772_357_400_323_456), "deletedAt")
            try trial.expect(try await trial.stored(video.id), is: video, "the deleted row")
            trial.clock.set(to: Sample.instant(1_772_357_400_423_456) + 0.3e-6)
            video = try await trial.repository.restore(video.id)
            try trial.expect(video.updatedAt, is: Sample.instant(1_772_357_400_423_456), "updatedAt")
            try trial.expect(try await trial.stored(video.id), is: video, "the restored row")
        },
        ContractRule(
            "The first and the last instant are kept",
            hint: "1970 is taken for no instant, or years are limited (2038)"
        ) { trial in
            for (name, instant) in [("first", CatalogTimestamp.first.date), ("last", CatalogTimestamp.last.date)] {
                let inserted = try await trial.insert(name) {
                    $0.createdAt = instant
                    $0.uploadExpiresAt = instant
                    $0.uploadedAt = instant
                    $0.readyAt = instant
                    $0.deleteAfter = instant
                }
                try trial.expect(inserted.createdAt, is: instant, "the \(name) instant")
                try trial.expect(try await trial.stored(inserted.id), is: inserted, "the row with the \(name) instant")
            }
            let all = VideoQuery(order: .oldestFirst)
            try trial.expect(try await trial.list(all).map(\.objectKey), is: ["first", "last"], "the list of both")
        },
        ContractRule(
            "Instants beyond 1970 to 2099 are refused by name",
            hint: "they are moved to the nearest that the store can keep"
        ) { trial in
            let beyond = [
                CatalogTimestamp.first.date - 0.000_002, CatalogTimestamp.last.date + 0.000_002, .distantPast,
                .distantFuture,
                Date(timeIntervalSinceReferenceDate: .nan), Date(timeIntervalSinceReferenceDate: .infinity),
            ]
            for instant in beyond {
                try await trial.expectRefusal(
                    .invalidFields, "instants at \(instant.timeIntervalSinceReferenceDate) s since 2001",
                    fields: ["createdAt", "uploadExpiresAt", "uploadedAt", "readyAt", "deleteAfter"]
                ) {
                    try await trial.insert("k") {
                        $0.createdAt = instant
                        $0.uploadExpiresAt = instant
                        $0.uploadedAt = instant
                        $0.readyAt = instant
                        $0.deleteAfter = instant
                    }
                }
            }
            try trial.expect(try await trial.rowCount(), is: 0, "the number of rows afterwards")
        },
    ]
}
