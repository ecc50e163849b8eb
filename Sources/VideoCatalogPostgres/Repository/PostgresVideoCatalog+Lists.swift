#if Postgres
public import VideoCatalog

extension PostgresVideoCatalog {
    /// Lists videos.
    ///
    /// - Parameters:
    ///   - query: Which videos, and in which order.
    ///   - page: How many, and after which.
    /// - Returns: The page.
    /// - Throws: `CatalogError`: `invalidArgument`, `invalidCursor`.
    public func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        let query = try query.validated()
        let position = try page.position(in: query.order)
        guard !ListStatement.isEmpty(query) else { return VideoPage([], limit: page.limit, order: query.order) }
        let statement = ListStatement(query, in: schema).page(after: position, limit: page.limit)
        return VideoPage(try await read(statement).videos(), limit: page.limit, order: query.order)
    }

    /// Counts videos.
    ///
    /// - Parameter query: Which videos.
    /// - Returns: How many there are.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func count(matching query: VideoQuery) async throws -> Int {
        let query = try query.validated()
        guard !ListStatement.isEmpty(query) else { return 0 }
        guard let count = try await read(ListStatement(query, in: schema).count()).onlyInteger else {
            throw CatalogError(.storeFailure, "the session gave no count")
        }
        return count
    }
}
#endif
