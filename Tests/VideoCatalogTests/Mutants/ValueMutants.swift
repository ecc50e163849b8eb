import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Mutant {
    static let instants: [Mutant] = [
        Mutant("instants are kept to the millisecond", breaks: "Dates are stored to the microsecond") {
            operations, _ in
            operations.shown = { video in
                guard let date = video.deleteAfter, let instant = CatalogTimestamp(date) else { return }
                video.deleteAfter = CatalogTimestamp(microseconds: instant.microseconds / 1000 * 1000).date
            }
        },
        Mutant(
            "instants are returned as they were given",
            breaks: "Dates are rounded to the microsecond before they are stored"
        ) { operations, _ in
            operations.insert = { base, video in
                var inserted = try await base.insert(video)
                inserted.deleteAfter = video.deleteAfter
                return inserted
            }
        },
        Mutant("the clock is not rounded", breaks: "Dates from the clock are rounded to the microsecond") {
            operations, clock in
            operations.delete = { base, id, version in
                var deleted = try await base.delete(id, expecting: version)
                deleted.deletedAt = clock()
                return deleted
            }
        },
        Mutant("the beginning of 1970 is nil", breaks: "The first and the last date are stored") { operations, _ in
            operations.shown = { if $0.deleteAfter == CatalogTimestamp.first.date { $0.deleteAfter = nil } }
        },
        Mutant("instants are moved into the range", breaks: "Dates outside 1970 to 2099 fail with the field's name") {
            operations, _ in
            operations.insert = { base, video in
                var video = video
                video.deleteAfter = video.deleteAfter.flatMap(CatalogTimestamp.init(clamping:))?.date
                return try await base.insert(video)
            }
        },
    ]

    static let texts: [Mutant] = [
        Mutant("spaces at the end are dropped", breaks: "Strings are read back byte for byte") { operations, _ in
            operations.shown = { while $0.title.hasSuffix(" ") { $0.title.removeLast() } }
        },
        Mutant("texts are composed", breaks: "Strings are read back byte for byte") { operations, _ in
            operations.shown = { $0.title = $0.title == "a\u{308} decomposed" ? "\u{E4} decomposed" : $0.title }
        },
        Mutant("updates drop backslashes", breaks: "Updated strings are read back byte for byte") { operations, _ in
            operations.update = { base, id, version, changes in
                var changes = changes
                if case .set(let title) = changes.title {
                    changes.title = .set(title.replacing("\\", with: "") + (title == "\\" ? "?" : ""))
                }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant("uploaders are compared regardless of case", breaks: "Conditions find difficult strings byte for byte") {
            operations, _ in
            operations.list {
                $0.uploadedBy = nil
            } _: {
                $1.uploadedBy == nil || $0.uploadedBy.rawValue.lowercased() == $1.uploadedBy?.rawValue.lowercased()
            }
        },
        Mutant("titles end at NUL", breaks: "NUL fails with the field's name") { operations, _ in
            operations.insert = { base, video in
                var video = video
                if let end = video.title.utf8.firstIndex(of: 0) { video.title = "x" + video.title[..<end] }
                return try await base.insert(video)
            }
        },
        Mutant(
            "an equal reason is not written", breaks: "Changing only the composition of a string is a change"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                var changes = changes
                let reason = try await base.requiredVideo(id: id).state.failureReason
                if case .set(let state) = changes.state, state.failureReason == reason { changes.state = .keep }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant(
            "equal metadata is not written", breaks: "Changing only the composition of a string is a change"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                var changes = changes
                if changes.metadata == .set(try await base.requiredVideo(id: id).metadata) { changes.metadata = .keep }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant(
            "UUIDs are compared in upper case", breaks: "A UUID in upper case is the same identifier as in lower case"
        ) { operations, _ in
            operations.list({ _ in }) { video, query in
                query.uploadedBy.map { $0.uuid == nil || $0.rawValue == $0.rawValue.uppercased() } ?? true
            }
        },
        Mutant("tags are a set", breaks: "Tags and renditions keep their order") { operations, _ in
            operations.shown = { $0.tags.sort() }
        },
    ]
}
