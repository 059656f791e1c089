// Package simulatedkms runs Simulated KMS in a container, by Testcontainers.
package simulatedkms

import (
	"context"
	"strings"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	port = "4599/tcp"
	seed = "/seed.yaml"
)

// Container is a running emulator. Its keys are lost when it is terminated.
type Container struct {
	testcontainers.Container

	// URL is its endpoint: the value of AWS_ENDPOINT_URL_KMS for programs outside of containers.
	URL string
}

// WithSeed adds keys that exist from the start: the text of a seed file, YAML or JSON.
func WithSeed(document string) testcontainers.CustomizeRequestOption {
	return func(request *testcontainers.GenericContainerRequest) error {
		request.Files = append(request.Files, testcontainers.ContainerFile{
			Reader: strings.NewReader(document), ContainerFilePath: seed, FileMode: 0o444,
		})
		return testcontainers.WithEnv(map[string]string{"KMS_SEED": seed})(request)
	}
}

// WithControlToken turns on the control plane, /_emulator/…, for requests with this token.
func WithControlToken(token string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"KMS_CONTROL_TOKEN": token})
}

// Run starts the image and waits until it is healthy. Terminate the container even if Run returns an error;
// testcontainers.CleanupContainer does this.
func Run(
	ctx context.Context, image string, options ...testcontainers.ContainerCustomizer,
) (*Container, error) {
	options = append([]testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(port),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/health").WithPort(port)),
	}, options...)
	container, err := testcontainers.Run(ctx, image, options...)
	if err != nil {
		return &Container{Container: container}, err
	}
	url, err := container.PortEndpoint(ctx, port, "http")
	return &Container{Container: container, URL: url}, err
}
