window.YTD.account.part0 = [
  {
    "account" : {
      "email" : "a@example", "createdVia" : "web", "username" : "breadlab", "accountId" : "77001",
      "createdAt" : "2019-03-02T10:00:00.000Z", "accountDisplayName" : "Bread Lab"
    }
  }
]
