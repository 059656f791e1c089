class SimulatedKms < Formula
  desc "Local AWS Key Management Service for development and tests"
  homepage "{homepage}"
  version "{version}"
  license any_of: ["Apache-2.0", "MIT"]

{platforms}
  def install
    bin.install "kms-emulator"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/kms-emulator"
    zsh_completion.install "completions/_kms-emulator"
    fish_completion.install "completions/kms-emulator.fish"
  end

  service do
    run [opt_bin/"kms-emulator", "--data-dir", var/"simulated-kms"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/kms-emulator --version")
  end
end
