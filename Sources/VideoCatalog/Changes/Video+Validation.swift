extension Video {
    /// Checks every field against ``CatalogLimits``.
    ///
    /// - Throws: ``CatalogError`` with the code `invalidFields`, which names every field at fault.
    public func validate() throws(CatalogError) {
        var checker = FieldChecker()
        checker.text("title", title, limit: CatalogLimits.titleLength)
        checker.text("description", description, limit: CatalogLimits.descriptionLength, allowsEmpty: true)
        checker.text("objectKey", objectKey, limit: CatalogLimits.keyLength)
        checker.text("sessionID", sessionID?.rawValue, limit: CatalogLimits.identifierLength)
        checker.text("uploadedBy", uploadedBy.rawValue, limit: CatalogLimits.identifierLength)
        checker.text("contentType", contentType, limit: CatalogLimits.shortTextLength)
        checker.count("byteSize", byteSize, least: 0)
        checker.text("etag", etag, limit: CatalogLimits.shortTextLength)
        checker.number("duration", duration)
        checker.count("width", width.map(Int64.init), least: 1)
        checker.count("height", height.map(Int64.init), least: 1)
        checker.number("frameRate", frameRate)
        checker.text("thumbnailKey", thumbnailKey, limit: CatalogLimits.keyLength)
        checker.tags(tags)
        checker.metadata(metadata)
        checker.renditions(renditions)
        checker.text("visibility", visibility.rawValue, limit: CatalogLimits.shortTextLength)
        checker.text("externalID", externalID, limit: CatalogLimits.identifierLength)
        checker.text("state", state.failureReason, limit: CatalogLimits.reasonLength)
        checker.count("version", Int64(version), least: 1)
        checker.instant("createdAt", createdAt)
        checker.instant("updatedAt", updatedAt)
        checker.instant("uploadExpiresAt", uploadExpiresAt)
        checker.instant("uploadedAt", uploadedAt)
        checker.instant("readyAt", readyAt)
        checker.instant("deleteAfter", deleteAfter)
        checker.instant("deletedAt", deletedAt)
        try checker.finish()
    }
}
