#if Delivery && Emulator
import R2Emulator
import R2Kit
import R2Storage
import VideoCatalog
import VideoDelivery

extension UploadWorld {
    /// Returns the same world, in which the trouble also reaches the calls that only housekeeping makes.
    func withWatchedCatalog() throws -> UploadWorld {
        try with(
            catalog: InterceptedCatalog(catalog: catalog, interceptor: CatalogTrouble(log: log, names: nil)))
    }

    /// Returns the same world with another catalog for its uploads.
    func with(catalog: any VideoRepository) throws -> UploadWorld {
        var copy = self
        let r2 = r2
        copy.uploads = try VideoUploads(
            catalog: catalog, client: client, policy: uploads.policy, options: uploads.options,
            clock: { r2.clock.now })
        return copy
    }
}
#endif
