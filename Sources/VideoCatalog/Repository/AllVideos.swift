extension VideoRepository {
    /// All videos of a query, read page by page while they are asked for.
    ///
    /// ```swift
    /// for try await video in repository.allVideos(matching: VideoQuery(uploadedBy: "42")) { print(video.title) }
    /// ```
    ///
    /// - Parameters:
    ///   - query: Which videos, and in which order.
    ///   - pageSize: How many to read at once: 1 to 1,000.
    /// - Returns: A sequence that can be gone through more than once.
    public func allVideos(matching query: VideoQuery = VideoQuery(), pageSize: Int = 200) -> AllVideos<Self> {
        AllVideos(repository: self, query: query, pageSize: pageSize)
    }
}

/// All videos of a query, read page by page while they are asked for.
public struct AllVideos<Repository: VideoRepository>: AsyncSequence, Sendable {
    let repository: Repository
    let query: VideoQuery
    let pageSize: Int

    /// Begins with the first page.
    ///
    /// - Returns: An iterator that has read nothing yet.
    public func makeAsyncIterator() -> Iterator {
        Iterator(repository: repository, query: query, next: .first(pageSize))
    }

    /// Goes through the pages.
    public struct Iterator: AsyncIteratorProtocol {
        let repository: Repository
        let query: VideoQuery
        var next: PageRequest?
        var videos: ArraySlice<Video> = []

        /// The next video, from the next page if this one is at its end.
        ///
        /// - Returns: The video; `nil` at the end.
        /// - Throws: What ``VideoRepository/videos(matching:page:)`` throws.
        public mutating func next() async throws -> Video? {
            while videos.isEmpty, let request = next {
                let page = try await repository.videos(matching: query, page: request)
                videos = page.videos[...]
                next = page.next.map { .after($0, limit: request.limit) }
            }
            return videos.popFirst()
        }
    }
}
