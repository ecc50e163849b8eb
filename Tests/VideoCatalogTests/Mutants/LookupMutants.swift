import VideoCatalog

extension Mutant {
    static let lookup: [Mutant] = [
        Mutant("a missing video is an error", breaks: "Looking up a missing video returns nil") {
            operations, _ in
            operations.find = { base, id, includingDeleted in
                guard let video = try await base.video(id: id, includingDeleted: includingDeleted) else {
                    throw CatalogError.notFound(id)
                }
                return video
            }
        },
        Mutant("several videos are sorted", breaks: "Several videos are returned in the order of the identifiers") {
            operations, _ in
            operations.findMany = { base, ids, includingDeleted in
                try await base.videos(ids: ids.sorted(), includingDeleted: includingDeleted)
            }
        },
        Mutant(
            "a repeated identifier is answered twice",
            breaks: "A repeated identifier returns its video once, and an unknown one is skipped"
        ) { operations, _ in
            operations.findMany = { base, ids, includingDeleted in
                var videos = [Video]()
                for id in ids { videos += try await base.videos(ids: [id], includingDeleted: includingDeleted).videos }
                return VideoBatch(videos: videos)
            }
        },
        Mutant("no identifiers find all videos", breaks: "An empty list of identifiers finds nothing") {
            operations, _ in
            operations.findMany = { base, ids, includingDeleted in
                ids.isEmpty
                    ? VideoBatch(videos: try await base.all(VideoQuery()))
                    : try await base.videos(ids: ids, includingDeleted: includingDeleted)
            }
        },
        Mutant("identifiers beyond 1,000 are ignored", breaks: "A call accepts at most 1,000 identifiers") {
            operations, _ in
            operations.findMany = { base, ids, includingDeleted in
                try await base.videos(ids: Array(ids.prefix(1000)), includingDeleted: includingDeleted)
            }
        },
        Mutant(
            "a deleted video is found by its identifier",
            breaks: "A lookup finds deleted videos only on request"
        ) { operations, _ in
            operations.find = { base, id, _ in try await base.video(id: id, includingDeleted: true) }
        },
        Mutant("keys find the deleted first", breaks: "Several object keys find their videos, the live one first") {
            operations, _ in
            operations.findKeys = { base, keys, includingDeleted in
                var batch = try await base.videos(objectKeys: keys, includingDeleted: includingDeleted)
                batch.videos.sort { $0.isDeleted && !$1.isDeleted }
                return batch
            }
        },
        Mutant("a lookup touches the row", breaks: "Reading changes nothing") { operations, _ in
            operations.find = { base, id, includingDeleted in
                guard let video = try await base.video(id: id, includingDeleted: includingDeleted) else { return nil }
                _ = try await base.update(id, expecting: video.version, VideoChanges())
                return video
            }
        },
    ]
}
