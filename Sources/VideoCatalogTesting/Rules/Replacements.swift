import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let replacements: [ContractRule] = [
        ContractRule(
            "A replacement keeps the file until it is finished",
            hint: "objectKey or the state changes when the replacement starts, or uploadExpiresAt stays"
        ) { context in
            let repository = context.repository
            for kind in [Video.State.Kind.ready, .failed] {
                let video = try await context.insert("\(kind)", in: .init(kind: kind)) {
                    $0.uploadExpiresAt = SampleVideos.date(1)
                }
                context.clock.advance(by: .seconds(1))
                let upload = Video.Upload(objectKey: "\(kind)/new", byteSize: 7, contentType: "video/webm")
                var expected = video
                expected.upload = upload
                expected.uploadExpiresAt = context.clock.now.moved(by: .seconds(600))
                expected.version = 2
                expected.updatedAt = context.clock.now
                let begun = try await repository.beginReplacement(
                    of: video, upload: upload, expiresAt: expected.uploadExpiresAt)
                try context.expect(begun, is: expected, "the row with a replacement")
                try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
                try context.expect(try await repository.video(objectKey: "\(kind)"), is: expected, "the row by its key")
                var known = begun
                known.upload?.id = "multipart"
                known.upload?.partSize = 8_388_608
                let changes = VideoChanges(from: begun, to: known)
                known = try await repository.update(begun.id, expecting: 2, changes)
                try context.expect(known.upload?.id, is: "multipart", "the upload's identifier that is set later")
                try context.expect(known.uploadExpiresAt, is: expected.uploadExpiresAt, "the end of the upload")
                try context.expect(try await context.stored(video.id), is: known, "the row that is read back")
            }
        },
        ContractRule(
            "A finished replacement changes the file and keeps the old key",
            hint: "the row isn't made by RepositorySupport.updatedVideo(_:applying:expecting:at:)"
        ) { context in
            let repository = context.repository
            for kind in [Video.State.Kind.ready, .failed] {
                let video = try await context.insert("\(kind)", in: .init(kind: kind)) {
                    $0.etag = "old"
                    $0.duration = 1
                    $0.byteSize = 1
                    $0.contentType = "video/mp4"
                    $0.replacedKeys = ["older"]
                }
                let begun = try await repository.beginReplacement(
                    of: video, upload: .init(objectKey: "\(kind)/new", id: "id", byteSize: 7),
                    expiresAt: context.clock.now.moved(by: .seconds(600)))
                context.clock.advance(by: .seconds(1))
                let finished = try await repository.finishReplacement(of: begun) { $0.etag = "new" }
                var expected = begun
                expected.objectKey = "\(kind)/new"
                expected.upload = nil
                expected.replacedKeys = ["older", "\(kind)"]
                expected.state = .ready
                (expected.etag, expected.byteSize, expected.duration) = ("new", 7, nil)
                (expected.uploadedAt, expected.readyAt) = (context.clock.now, context.clock.now)
                (expected.version, expected.updatedAt) = (3, context.clock.now)
                expected.uploadExpiresAt = nil
                try context.expect(finished, is: expected, "the row after the replacement")
                try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
                try context.expect(
                    try await repository.video(objectKey: "\(kind)/new"), is: expected, "the video by its new key")
                try context.expect(
                    try await repository.video(objectKey: "\(kind)"), is: nil, "the video by its old key")
            }
        },
        ContractRule(
            "A canceled replacement keeps the file, and the key of the upload",
            hint: "the row isn't made by RepositorySupport.updatedVideo(_:applying:expecting:at:)"
        ) { context in
            let repository = context.repository
            let video = try await context.insert("old", in: .ready)
            let begun = try await repository.beginReplacement(
                of: video, upload: .init(objectKey: "new"), expiresAt: context.clock.now.moved(by: .seconds(600)))
            context.clock.advance(by: .seconds(1))
            var expected = video
            expected.replacedKeys = ["new"]
            (expected.version, expected.updatedAt) = (3, context.clock.now)
            let canceled = try await repository.cancelReplacement(of: begun)
            try context.expect(canceled, is: expected, "the row after the replacement was canceled")
            try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
            try await context.expectError(.invalidFields, "a replacement with that key", fields: ["replacedKeys"]) {
                try await repository.beginReplacement(of: canceled, upload: .init(objectKey: "new"))
            }
            let again = try await repository.beginReplacement(of: canceled, upload: .init(objectKey: "newer"))
            try context.expect(again.replacedKeys, is: ["new"], "the replaced keys during the next replacement")
            let holder = try await context.insert("new")
            try context.expect(try await context.stored(holder.id), is: holder, "another video with the key")
        },
        ContractRule(
            "A replacement is refused in other states, on the video's own key and beside another one",
            hint: "the row isn't made by RepositorySupport.updatedVideo(_:applying:expecting:at:)"
        ) { context in
            let repository = context.repository
            let changes = context.changes { $0.upload = .set(.init(objectKey: "new")) }
            for kind in [Video.State.Kind.pendingUpload, .uploading, .verifying, .expired] {
                let video = try await context.insert("\(kind)", in: .init(kind: kind))
                try await context.expectError(.illegalTransition, "a replacement of a \(kind) video", current: video) {
                    try await repository.update(video.id, expecting: 1, changes)
                }
                try context.expect(try await context.stored(video.id), is: video, "the row after the failure")
            }
            for kind in [Video.State.Kind.ready, .failed] {
                let video = try await context.insert("\(kind)", in: .init(kind: kind))
                try await context.expectError(.invalidFields, "a replacement on its own key", fields: ["upload"]) {
                    try await repository.beginReplacement(of: video, upload: .init(objectKey: "\(kind)"))
                }
                try await context.expectError(.illegalTransition, "an end without a replacement", current: video) {
                    try await repository.finishReplacement(of: video)
                }
                try await context.expectError(.illegalTransition, "a cancellation without a replacement") {
                    try await repository.cancelReplacement(of: video)
                }
                let begun = try await repository.beginReplacement(of: video, upload: .init(objectKey: "\(kind)/new"))
                try await context.expectError(.uploadInProgress, "a second replacement", current: begun) {
                    try await repository.update(video.id, expecting: 2, changes)
                }
                if kind == .failed {
                    try await context.expectError(.illegalTransition, "a retry during a replacement", current: begun) {
                        try await repository.update(
                            video.id, expecting: 2, context.changes { $0.state = .set(.pendingUpload) })
                    }
                    try await context.expectError(.illegalTransition, "readiness without a new file", current: begun) {
                        try await repository.update(video.id, expecting: 2, context.changes { $0.state = .set(.ready) })
                    }
                }
                try context.expect(try await context.stored(video.id), is: begun, "the row after the failures")
            }
        },
        ContractRule(
            "Of many replacements at once, one wins",
            hint: "the version or the key is compared before the UPDATE, and there is no unique index"
        ) { context in
            let repository = context.repository
            let video = try await context.insert("k", in: .ready)
            let ofOne = await context.race(12) { number in
                try await repository.beginReplacement(of: video, upload: .init(objectKey: "k/\(number)"))
            }
            try context.expect(ofOne, oneWinnerElse: .versionConflict, "replacements of one video")
            try context.expect(try await context.stored(video.id), is: ofOne.winners.first, "the row after the race")
            let videos = try await context.insert(count: 12) { video, _ in video.state = .ready }
            let ofMany = await context.race(12) { number in
                try await repository.beginReplacement(of: videos[number], upload: .init(objectKey: "wanted"))
            }
            try context.expect(ofMany, oneWinnerElse: .objectKeyTaken, "replacements with one key")
        },
    ]
}
