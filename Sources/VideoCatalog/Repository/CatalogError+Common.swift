extension CatalogError {
    /// Says that there is no such live video.
    ///
    /// - Parameter id: The video that was asked for.
    /// - Returns: An error with the code `notFound`.
    public static func notFound(_ id: Video.ID) -> CatalogError {
        CatalogError(.notFound, "there is no video \(id), or it is deleted")
    }

    /// Says that another live video has the object key.
    ///
    /// - Parameters:
    ///   - key: The key that was to be stored.
    ///   - current: The video that has it.
    /// - Returns: An error with the code `objectKeyTaken`.
    public static func objectKeyTaken(_ key: String, by current: Video?) -> CatalogError {
        CatalogError(
            .objectKeyTaken,
            "the object key \(key.debugDescription) belongs to \(current.map { "the video \($0.id)" } ?? "another video"): "
                + "choose another key, or delete that video first",
            current: current)
    }

    /// Says that another video, live or deleted, has the identifier.
    ///
    /// - Parameters:
    ///   - id: The identifier that was to be inserted.
    ///   - current: The video that has it.
    /// - Returns: An error with the code `idTaken`.
    public static func idTaken(_ id: Video.ID, by current: Video?) -> CatalogError {
        CatalogError(.idTaken, "there is a video \(id) already: it may be this one, inserted before", current: current)
    }

    /// Says that a worker has claimed the deleted video.
    ///
    /// - Parameter current: The deleted video.
    /// - Returns: An error with the code `claimed`.
    public static func claimed(_ current: Video) -> CatalogError {
        CatalogError(
            .claimed,
            "a worker has claimed the video \(current.id), and may have deleted its object: try again when the claim ends",
            current: current)
    }
}
