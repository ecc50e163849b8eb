#if Emulator
print("soon")
#else
print("r2-emulator requires the package trait Emulator.")
#endif
