package import VideoCatalog

/// Many tasks that edit one video at once, with the default number of attempts.
package struct ContendedEdits {
    /// The errors of the tasks that gave up.
    package let failures: [any Error]
    /// The tags that are missing in the end, of one for each task.
    package let lostTags: Set<String>
    /// The number of versions that the edits added.
    package let addedVersions: Int

    /// Runs the tasks and waits for all of them.
    ///
    /// - Parameters:
    ///   - video: The current row.
    ///   - repositories: Repositories of the same videos, which the tasks use in turn.
    ///   - tasks: The number of tasks.
    /// - Throws: An error if the edited row can't be read.
    package init(of video: Video, on repositories: [any VideoRepository], tasks: Int = 40) async throws {
        failures = await withTaskGroup(of: (any Error)?.self) { group in
            for number in 0..<tasks {
                group.addTask {
                    do {
                        try await repositories[number % repositories.count].update(video.id) {
                            $0.tags.append("edit \(number)")
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { failures, error in
                if let error { failures.append(error) }
            }
        }
        let edited = try await repositories[0].requiredVideo(id: video.id)
        lostTags = Set((0..<tasks).map { "edit \($0)" }).subtracting(edited.tags)
        addedVersions = edited.version - video.version
    }
}
