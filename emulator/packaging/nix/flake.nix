{
  description = "Simulated KMS: a local AWS Key Management Service for development and tests";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      version = "@version@";
      # The archives of the release.
      archives = {
@archives@
      };
      package = system:
        let pkgs = nixpkgs.legacyPackages.${system};
        in pkgs.stdenvNoCC.mkDerivation {
          pname = "simulated-kms";
          inherit version;
          src = pkgs.fetchurl archives.${system};
          nativeBuildInputs = [ pkgs.installShellFiles ];
          installPhase = ''
            install -D --mode=0755 kms-emulator $out/bin/kms-emulator
            installManPage man/*.1
            installShellCompletion --bash --name kms-emulator completions/kms-emulator
            installShellCompletion --zsh --name _kms-emulator completions/_kms-emulator
            installShellCompletion --fish completions/kms-emulator.fish
          '';
          meta = {
            description = "A local AWS Key Management Service for development and tests";
            homepage = "@homepage@";
            license = with pkgs.lib.licenses; [ asl20 mit ];
            # What `nix run` starts.
            mainProgram = "kms-emulator";
          };
        };
    in {
      packages = nixpkgs.lib.genAttrs (builtins.attrNames archives) (system: { default = package system; });
    };
}
