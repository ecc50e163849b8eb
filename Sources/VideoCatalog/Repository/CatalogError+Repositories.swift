/// Errors that every repository throws.
extension CatalogError {
    /// Returns an error for a live video that doesn't exist.
    ///
    /// - Parameter id: The requested identifier.
    /// - Returns: An error with the code `notFound`.
    public static func notFound(_ id: Video.ID) -> CatalogError {
        CatalogError(.notFound, "Video not found: there is no video \(id), or it is deleted.")
    }

    /// Returns an error for a key that another live video has as its object key or as the key of its upload.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - current: The video that has the key.
    /// - Returns: An error with the code `objectKeyTaken`.
    public static func objectKeyTaken(_ key: String, by current: Video?) -> CatalogError {
        CatalogError(
            .objectKeyTaken,
            "Object key taken: \(key.debugDescription) belongs to "
                + "\(current.map { "the video \($0.id)" } ?? "another video"). "
                + "Choose another key, or delete that video first.",
            current: current)
    }

    /// Returns an error for an identifier that another video has, live or deleted.
    ///
    /// - Parameters:
    ///   - id: The identifier.
    ///   - current: The video that has the identifier.
    /// - Returns: An error with the code `idTaken`.
    public static func idTaken(_ id: Video.ID, by current: Video?) -> CatalogError {
        CatalogError(
            .idTaken, "Identifier taken: the video \(id) already exists. An earlier call may have inserted it.",
            current: current)
    }

    /// Returns an error for an insertion that exceeds a limit for its uploader.
    ///
    /// - Parameters:
    ///   - excess: The exceeded limit, such as `11 open uploads, and 10 are allowed`.
    ///   - usage: The usage of the uploader.
    /// - Returns: An error with the code `uploadLimitExceeded`.
    static func uploadLimitExceeded(_ excess: String, _ usage: UploadUsage) -> CatalogError {
        CatalogError(
            .uploadLimitExceeded,
            "Upload limit exceeded: with this video, the uploader would have \(excess). "
                + "Finish or delete other uploads first.",
            usage: usage)
    }

    /// Returns an error for a video that already has an unfinished replacement.
    ///
    /// - Parameter current: The video.
    /// - Returns: An error with the code `uploadInProgress`.
    public static func uploadInProgress(_ current: Video) -> CatalogError {
        CatalogError(
            .uploadInProgress,
            "Upload in progress: a replacement of the file of the video \(current.id) isn't finished. "
                + "Finish or cancel it first.",
            current: current)
    }

    /// Returns an error for a replacement that the state of its video doesn't allow.
    static func illegalReplacement(of current: Video) -> CatalogError {
        CatalogError(
            .illegalTransition,
            "Invalid state: the video \(current.id) can have an unfinished replacement only while it is ready or "
                + "failed. It is \(current.state.kind.rawValue).",
            current: current)
    }

    /// Returns an error for a video without an unfinished replacement.
    static func noReplacement(of current: Video) -> CatalogError {
        CatalogError(
            .illegalTransition,
            "Invalid state: the video \(current.id) has no unfinished replacement. Start one first.", current: current)
    }

    /// Returns an error for a deleted video that a worker has claimed.
    ///
    /// - Parameter current: The deleted video.
    /// - Returns: An error with the code `claimed`.
    public static func claimed(_ current: Video) -> CatalogError {
        CatalogError(
            .claimed,
            "Video claimed: a worker has claimed the video \(current.id) and may have deleted its object. "
                + "Try again when the claim ends.",
            current: current)
    }

    /// Returns an error for a deleted video whose purge has started.
    ///
    /// - Parameter current: The deleted video.
    /// - Returns: An error with the code `purgeStarted`.
    public static func purgeStarted(_ current: Video) -> CatalogError {
        CatalogError(
            .purgeStarted,
            "Purge started: a worker deletes the objects of the video \(current.id), so that it can't be restored. "
                + "Insert the video again and upload its file again.",
            current: current)
    }

    /// Returns an error for a deleted video whose row the database refused to remove.
    ///
    /// - Parameter row: The row and the database's reason.
    /// - Returns: An error with the code `purgeRefused`.
    public static func purgeRefused(_ row: RefusedRow) -> CatalogError {
        CatalogError(
            .purgeRefused,
            "Purge refused: the database keeps the row of the video \(row.id): \(row.reason). Remove the rows of your "
                + "app that refer to it, or declare the reference with ON DELETE CASCADE or ON DELETE SET NULL.")
    }

    /// Returns an error for a row that can't be decoded.
    ///
    /// - Parameter row: The row and its invalid column.
    /// - Returns: An error with the code `corruptRow`.
    public static func corruptRow(_ row: UnreadableRow) -> CatalogError {
        CatalogError(
            .corruptRow,
            "Unreadable row: in the row of the video \(row.id), the column \(row.column) holds a value that no version "
                + "of this package writes. Find out what wrote it, and repair the row.",
            unreadable: row)
    }
}
