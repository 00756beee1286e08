"""How does a person use the pages? By what is written on them: links, labels and buttons, as anybody reads them."""

from dataclasses import dataclass

from living_site import LivingSite, come_in
from playwright.sync_api import Page, expect


@dataclass
class Person:
    """Somebody at a browser of their own, who reads English."""

    living: LivingSite
    page: Page
    email: str

    def opens(self, path: str) -> None:
        self.page.goto(self.living.address + path)

    def follows(self, link: str) -> None:
        """Follow the first link of that name in the page."""
        self.page.locator("main").get_by_role("link", name=link).first.click()
        self.page.wait_for_load_state()

    def fills(self, **fields: str) -> None:
        """Type into fields, by their names in the form."""
        for name, value in fields.items():
            self.page.fill(f"main [name='{name}']", value)

    def chooses(self, file: str, content: bytes) -> None:
        """Choose a file where one is asked for."""
        sent = {"name": file, "mimeType": "application/octet-stream", "buffer": content}
        self.page.set_input_files("main input[type=file]", sent)

    def presses(self, button: str) -> None:
        self.page.locator("main").get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_load_state()

    def sees(self, *texts: str) -> None:
        """All of that stands in the page. Raises AssertionError otherwise."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def does_not_see(self, *texts: str) -> None:
        shown = self.page.locator("main").inner_text()
        assert [text for text in texts if text in shown] == []

    def asks_for_a_letter(self) -> None:
        """From the sign-in page."""
        self.fills(email=self.email)
        self.presses("Send me a link")
        self.sees("Look in your mail")

    def signs_in_by_link(self) -> None:
        self.asks_for_a_letter()
        link, _ = self.living.sign_in_letter(self.email)
        self.opens(link)
        self.presses(f"Sign in as {self.email[0]}…@{self.email.partition('@')[2]}")

    def signs_in_by_code(self) -> None:
        self.asks_for_a_letter()
        _, code = self.living.sign_in_letter(self.email)
        self.fills(code=code)
        self.presses("Sign in")

    def is_back(self, path: str) -> None:
        """On another day, signed in again."""
        come_in(self.living, self.page, self.email)
        self.opens(f"{path}?lang=en")
