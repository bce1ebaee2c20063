package release

import "proviso/policy"

// Forecast returns the version as it would be if it were released now, with its
// seal, whether or not something stands against it. Nothing is written. The
// hash of the seal is another one as soon as anything that it takes is.
func (c *Candidate) Forecast() (*policy.Version, error) {
	if c.Done {
		return c.Version, nil
	}
	seal := c.drawn()
	if err := c.desk.Folder.Draw(seal, c.Version).Err(); err != nil {
		return nil, err
	}
	if _, err := seal.Encode(); err != nil { // which sets its hash
		return nil, err
	}
	v := *c.Version
	v.Sealed = seal
	return &v, nil
}
