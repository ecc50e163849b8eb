#if Configuration
import Configuration
import R2Kit
import Testing

@Suite("Configuration through swift-configuration")
struct ConfigReaderTests {
    @Test func `an environment provider reads the same variables`() throws {
        var environment = Fixture.environment
        environment["R2_SESSION_TOKEN"] = "token"
        environment["VIDEO_UPLOAD_URL_EXPIRY"] = "60"
        let reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
        #expect(try R2Config(reader: reader) == R2Config(environment: environment))
    }

    @Test func `a number can be a number`() throws {
        let reader = Self.reader(["video.upload.url.expiry": 60])
        #expect(try R2Config(reader: reader).uploadURLLifetime == .seconds(60))
    }

    @Test(arguments: [
        "seven" as ConfigValue, "" as ConfigValue, 0 as ConfigValue, 604_801 as ConfigValue, 60.5 as ConfigValue,
        true as ConfigValue, ConfigValue(.stringArray(["60"]), isSecret: false),
        ConfigValue(.bytes([54, 48]), isSecret: false),
        ConfigValue(.byteChunkArray([[54], [48]]), isSecret: false),
    ])
    func `a malformed number is an error, never the default`(value: ConfigValue) throws {
        let reader = Self.reader(["video.upload.url.expiry": value])
        if value == "" {
            #expect(try R2Config(reader: reader).uploadURLLifetime == .seconds(900))
            return
        }
        let error = #expect(throws: R2ConfigError.self) { try R2Config(reader: reader) }
        #expect(error?.problems.map(\.setting) == ["VIDEO_UPLOAD_URL_EXPIRY"])
    }

    @Test func `one failed load reports every problem`() {
        let error = #expect(throws: R2ConfigError.self) {
            try R2Config(reader: ConfigReader(provider: InMemoryProvider(values: [:])))
        }
        #expect(error?.problems.count == 4)
    }

    @Test func `access logs don't show the secrets`() throws {
        let log = Log()
        var environment = Fixture.environment
        environment["R2_SESSION_TOKEN"] = Fixture.token
        let reader = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: environment), accessReporter: log)
        _ = try R2Config(reader: reader)
        let text = log.text
        #expect(text.contains("media"))
        #expect(!text.contains(Fixture.secret) && !text.contains(Fixture.token))
    }

    static func reader(_ more: [AbsoluteConfigKey: ConfigValue]) -> ConfigReader {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "cloudflare.account.id": .init(.string(Fixture.account), isSecret: false),
            "r2.access.key.id": "AKID", "r2.secret.access.key": .init(.string(Fixture.secret), isSecret: true),
            "r2.bucket.name": "media",
        ]
        return ConfigReader(provider: InMemoryProvider(values: values.merging(more) { $1 }))
    }
}
#endif
