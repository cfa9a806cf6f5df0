from tests.web.conftest import authority as authority
