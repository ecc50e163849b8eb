#if Configuration
public import Configuration

extension R2Config {
    /// Creates a configuration from swift-configuration's settings.
    ///
    /// The keys are those of ``environmentVariables`` in dotted form, so that an environment provider reads the same
    /// variables: `cloudflare.account.id`, `r2.access.key.id`, `r2.secret.access.key`, `r2.session.token`,
    /// `r2.bucket.name`, `r2.jurisdiction`, `r2.endpoint`, `r2.allow.insecure.endpoint`, `r2.region`,
    /// `video.upload.url.expiry` and `video.playback.url.expiry`. The two secrets are read as secrets, so that access
    /// logs hide them. Numbers may be numbers or strings. A malformed one is an error, never the default.
    /// - Parameter reader: The reader of the settings.
    /// - Throws: ``R2ConfigError`` with every setting that is missing or isn't valid, by its environment variable's
    ///   name.
    public init(reader: ConfigReader) throws(R2ConfigError) {
        try self.init(SettingsReader { name in Self.value(of: name, in: reader) })
    }

    private static func value(of name: String, in reader: ConfigReader) -> SettingsReader.Value {
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        let isSecret = name.contains("SECRET") || name.contains("TOKEN")
        if let text = reader.string(forKey: key, isSecret: isSecret) { return .text(text) }
        // `string` also returns nil for a value of another type, which must not count as missing.
        if let number = reader.int(forKey: key, isSecret: isSecret) { return .text(String(number)) }
        if let flag = reader.bool(forKey: key, isSecret: isSecret) { return .text(flag ? "true" : "false") }
        let isOther =
            reader.double(forKey: key, isSecret: isSecret) != nil
            || reader.stringArray(forKey: key, isSecret: isSecret) != nil
            || reader.intArray(forKey: key, isSecret: isSecret) != nil
            || reader.doubleArray(forKey: key, isSecret: isSecret) != nil
            || reader.boolArray(forKey: key, isSecret: isSecret) != nil
            || reader.bytes(forKey: key, isSecret: isSecret) != nil
            || reader.byteChunkArray(forKey: key, isSecret: isSecret) != nil
        return isOther ? .notText : .absent
    }
}
#endif
