import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Mutant {
    static let insertion: [Mutant] = [
        Mutant("metadata is not read", breaks: "An inserted video is read back as it was returned") { operations, _ in
            operations.shown = { $0.metadata = [:] }
        },
        Mutant("renditions are not written", breaks: "An insertion stores every given field") { operations, _ in
            operations.insert = { base, video in
                var video = video
                video.renditions = []
                return try await base.insert(video)
            }
        },
        Mutant("the description is empty by default", breaks: "A field that isn't given stays nil or empty") {
            operations, _ in
            operations.insert = { base, video in
                var video = video
                video.description = video.description ?? ""
                return try await base.insert(video)
            }
        },
        Mutant("an empty description is nil", breaks: "Empty strings, zero and nil stay different") { operations, _ in
            operations.shown = { if $0.description == "" { $0.description = nil } }
        },
        Mutant("durations are of single precision", breaks: "Numbers are stored exactly") { operations, _ in
            operations.shown = { $0.duration = $0.duration.map { Double(Float($0)) } }
        },
        Mutant("identifiers are always made", breaks: "A given identifier is stored") { operations, _ in
            operations.insert = { base, video in
                var video = video
                video.id = nil
                return try await base.insert(video)
            }
        },
        Mutant(
            "identifiers are random",
            breaks: "An identifier that the repository makes is a UUID of version 7 with the creation date"
        ) { operations, _ in
            operations.insert = { base, video in
                var video = video
                video.id = video.id ?? Video.ID(UUID())
                return try await base.insert(video)
            }
        },
        Mutant(
            "the instant of creation is always now",
            breaks: "The creation date is the date of the insertion, or the given one"
        ) { operations, _ in
            operations.insert = { base, video in
                var video = video
                video.createdAt = nil
                return try await base.insert(video)
            }
        },
        Mutant("readiness is not stamped", breaks: "A video inserted as verifying or ready has arrived") {
            operations, _ in
            operations.insert = { base, video in
                var inserted = try await base.insert(video)
                inserted.readyAt = nil
                return inserted
            }
        },
    ]

    static let insertionRefusals: [Mutant] = [
        Mutant(
            "an insertion is an upsert",
            breaks: "An insertion with a taken identifier fails, whether its video is live or deleted"
        ) {
            operations, _ in operations.acceptInsertion(refusedAs: .idTaken)
        },
        Mutant("a taken key gives its video", breaks: "An insertion with the object key of a live video fails") {
            operations, _ in operations.acceptInsertion(refusedAs: .objectKeyTaken)
        },
        Mutant("keys are compared by canonical equivalence", breaks: "Object keys are compared byte for byte") {
            operations, _ in
            operations.insert = { base, video in
                for other in try await base.all(VideoQuery()) where other.objectKey == video.objectKey {
                    throw CatalogError.objectKeyTaken(video.objectKey, by: other)
                }
                return try await base.insert(video)
            }
        },
        Mutant("keys are found by canonical equivalence", breaks: "Object keys are compared byte for byte") {
            operations, _ in
            operations.findKey = { base, key in
                try await base.all(VideoQuery(order: .oldestFirst)).first { $0.objectKey == key }
            }
        },
        Mutant("a refused row is half written", breaks: "A failed insertion leaves nothing behind") { operations, _ in
            operations.insert = { base, video in
                do {
                    return try await base.insert(video)
                } catch let error as CatalogError where error.code == .invalidFields {
                    var half = video
                    half.title = "half"
                    _ = try? await base.insert(half)
                    throw error
                }
            }
        },
        Mutant("the first field at fault is named", breaks: "An insertion reports every invalid field") {
            operations, _ in
            operations.insert = { base, video in try await namingOneField { try await base.insert(video) } }
        },
        Mutant("titles are cut at 255 bytes", breaks: "Strings of the maximum length are stored completely") {
            operations, _ in
            operations.insert = { base, video in
                var video = video
                while video.title.utf8.count > 255 { video.title.removeLast() }
                return try await base.insert(video)
            }
        },
        Mutant(
            "long titles are cut",
            breaks: "Strings longer than the limit fail with the field's name and aren't truncated"
        ) {
            operations, _ in
            operations.insert = { base, video in
                var video = video
                while video.title.utf8.count > RepositorySupport.Limits.titleLength { video.title.removeLast() }
                return try await base.insert(video)
            }
        },
    ]
}
