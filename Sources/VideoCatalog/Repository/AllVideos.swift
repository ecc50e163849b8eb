extension VideoRepository {
    /// Returns all videos that match a query, as a sequence that reads one page at a time.
    ///
    /// ```swift
    /// for try await video in repository.allVideos(matching: VideoQuery(uploadedBy: "42")) { print(video.title) }
    /// ```
    ///
    /// - Parameters:
    ///   - query: The conditions and the order.
    ///   - pageSize: The number of videos to read at once, 1 to 1,000.
    /// - Returns: A sequence that can be iterated more than once. Iterating throws the errors of
    ///   ``videos(matching:page:)``.
    public func allVideos(
        matching query: VideoQuery = VideoQuery(), pageSize: Int = 200
    ) -> some AsyncSequence<Video, any Error> & Sendable {
        AllVideos(repository: self, query: query, pageSize: pageSize)
    }
}

private struct AllVideos<Repository: VideoRepository>: AsyncSequence, Sendable {
    let repository: Repository
    let query: VideoQuery
    let pageSize: Int

    func makeAsyncIterator() -> Iterator {
        Iterator(repository: repository, query: query, next: .first(pageSize))
    }

    struct Iterator: AsyncIteratorProtocol {
        let repository: Repository
        let query: VideoQuery
        var next: PageRequest?
        var videos: ArraySlice<Video> = []

        mutating func next() async throws -> Video? {
            while videos.isEmpty, let request = next {
                let page = try await repository.videos(matching: query, page: request)
                videos = page.videos[...]
                next = page.next.map { .after($0, limit: request.limit) }
            }
            return videos.popFirst()
        }
    }
}
